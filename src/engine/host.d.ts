// All that the engine asks of its host beyond ES and WebGPU: shader text by import, a clock, UTF-8, and abort signals.

declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}

declare const performance: { now(): number };

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}
