// What the bench measures: an engine is prepared for a length, then run; both as a user meets them, from the call to the last
// position's logits in hand.

export const ENGINES = ['fused', 'split', 'split-captured', 'ort-webgpu', 'ort-wasm-1', 'ort-wasm-n'] as const;

export type EngineName = (typeof ENGINES)[number];

/** One timed run. */
export type TimedRun = {
  readonly elapsedMs: number; // from the call until the logits are in hand, and every activation where they are captured
  readonly logits: Float32Array; // of the last position: [d_vocab]
};

/** The GPU time of one of our kernels over one forward pass. */
export type KernelRow = {
  readonly kernel: string;
  readonly dispatches: number;
  readonly gpuMs: number;
  readonly multiplyAdds: number;
};

export interface EngineUnderTest {
  /** Makes everything ready for prompts of this length. */
  prepare(nPos: number): Promise<void>;
  run(): Promise<TimedRun>;
}
