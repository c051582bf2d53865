// Inline styles may set custom properties: positions and extents that CSS computes with.
import 'react';

declare module 'react' {
  interface CSSProperties {
    readonly [property: `--${string}`]: string | number | undefined;
  }
}
