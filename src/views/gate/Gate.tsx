// The gate: what stands between the reader and a run. No WebGPU, a lost device, a failure: said, with the way on.
import { Button } from '../controls/Button.tsx';
import './gate.css';

/** The page of a browser without WebGPU. */
export function ClosedGate({ kind, message }: { readonly kind: string; readonly message: string }) {
  const title = kind === 'no-webgpu' ? 'This browser has no WebGPU' : 'No GPU could be opened';
  return (
    <main className="gate">
      <h1>{title}</h1>
      <p>
        Splitscope runs a transformer on your own GPU, in WebGPU compute shaders, and shows every activation. {message}
      </p>
      <h2>How to get it</h2>
      <ul>
        <li>
          <strong>Chrome or Edge 113 and later</strong> on Windows, macOS, ChromeOS and Android; on Linux, start it with{' '}
          <code>--enable-unsafe-webgpu --enable-features=Vulkan</code>.
        </li>
        <li>
          <strong>Safari 26</strong> on macOS and iOS; <strong>Firefox 141</strong> on Windows.
        </li>
        <li>
          WebGPU needs a secure page: <code>https://</code> or <code>http://localhost</code>.
        </li>
        <li>
          <code>chrome://gpu</code> tells whether WebGPU is switched off, and why. Without a GPU,{' '}
          <code>--use-webgpu-adapter=swiftshader</code> emulates one on the processor: slow, numbers valid.
        </li>
      </ul>
    </main>
  );
}

type BannerProps = { readonly reason: string; readonly message: string; readonly onReload: () => void };

/** A lost device: the experiment is kept. */
export function LostBanner({ reason, message, onReload }: BannerProps) {
  return (
    <div className="banner" role="alert">
      <p>
        <strong>The GPU was lost</strong> ({reason}). {message} Your experiment is kept.
      </p>
      <Button kind="primary" onPress={onReload}>
        Reload device
      </Button>
    </div>
  );
}

/** Something failed: the whole message, as it came. */
export function FailureBanner({ message, onRetry }: { readonly message: string; readonly onRetry: () => void }) {
  return (
    <div className="banner" role="alert">
      <p>{message}</p>
      <Button onPress={onRetry}>Try again</Button>
    </div>
  );
}
