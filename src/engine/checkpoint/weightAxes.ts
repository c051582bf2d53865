// The axes of weights in the field's words, for shapes and for errors.
import type { ModelConfig } from './modelConfig.ts';
import type { Axis } from './tensorViews.ts';

export function dModel({ dModel: extent }: ModelConfig): Axis {
  return { extent, words: `d_model = ${extent}` };
}

/** A token's embedding: d_model, but where projections lead in and out. */
export function embedWidth({ embedWidth: extent, dModel: wide }: ModelConfig): Axis {
  return { extent, words: `${extent === wide ? 'd_model' : 'embed_width'} = ${extent}` };
}

export function dMlp({ dMlp: extent }: ModelConfig): Axis {
  return { extent, words: `d_mlp = ${extent}` };
}

export function dHead({ dHead: extent }: ModelConfig): Axis {
  return { extent, words: `d_head = ${extent}` };
}

export function heads(name: string, nHeads: number, d: number): Axis {
  return { extent: nHeads * d, words: `${name} × d_head = ${nHeads} × ${d}` };
}

export function positions({ nCtx, positionOffset }: ModelConfig): Axis {
  const words = positionOffset === 0 ? `n_ctx = ${nCtx}` : `n_ctx + ${positionOffset} = ${nCtx} + ${positionOffset}`;
  return { extent: nCtx + positionOffset, words };
}
