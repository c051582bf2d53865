// The gate: what stands between the reader and a run. No WebGPU, a lost device, a failure: said, with the way on.
import { Button } from '../controls/Button.tsx';
import { formatBytes } from '../format.ts';
import './gate.css';

/** The page of a browser whose GPU could not be opened. */
export function ClosedGate({ kind, message }: { readonly kind: string; readonly message: string }) {
  const title = kind === 'no-webgpu' ? 'This browser has no WebGPU' : 'No GPU could be opened';
  return (
    <main className="gate">
      <h1>{title}</h1>
      <p>
        Splitscope runs a transformer on your own GPU, in WebGPU compute shaders, and shows every activation. {message}
      </p>
      <h2>How to get it</h2>
      <WaysToGetIt />
    </main>
  );
}

type WithoutProps = { readonly kind: string; readonly message: string };

/** A browser without WebGPU: what runs instead, and how to get it. */
export function WithoutBanner({ kind, message }: WithoutProps) {
  const title = kind === 'no-webgpu' ? 'This browser has no WebGPU' : 'No GPU could be opened';
  return (
    <section className="banner without" aria-labelledby="without-gpu">
      <div>
        <h2 id="without-gpu">{title}</h2>
        <p>
          Everything here runs on the processor: ONNX Runtime (WebAssembly), or f64 and ieee in JavaScript. Patterns,
          logits and differences are real; sweeps, readings, interventions on ONNX Runtime and our own kernels need
          WebGPU.
        </p>
        <details>
          <summary>How to get WebGPU</summary>
          <p>{message}</p>
          <WaysToGetIt />
        </details>
      </div>
    </section>
  );
}

function WaysToGetIt() {
  return (
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
  );
}

type BannerProps = {
  readonly reason: string;
  readonly message: string;
  readonly askedBytes: number | null; // that the last run was planned with; null where none was
  readonly onReload: () => void;
};

/** A lost device: the experiment is kept. */
export function LostBanner({ reason, message, askedBytes, onReload }: BannerProps) {
  return (
    <div className="banner" role="alert">
      <p>
        <strong>The GPU was lost</strong> ({reason}). {message}{' '}
        {askedBytes === null ? '' : `The run asked for ${formatBytes(askedBytes)} of its memory. `}Your experiment is
        kept.
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
