// ModelConfig: what the forward pass must know of an architecture, as fields. `readConfig.ts` fills it from config.json.

export type Normalization = 'LN' | 'RMS';
export type ActivationName = 'silu' | 'gelu' | 'gelu_tanh' | 'relu'; // gelu: exact, by erf; gelu_tanh: also gelu_new, gelu_pytorch_tanh

export type RotaryConfig = {
  readonly base: number; // rope_theta
  readonly dim: number; // the first `dim` of d_head turn, in pairs
  readonly exponentDim?: number; // pair i turns by base^(−2i/exponentDim); left out: dim. Less where an odd width was rounded up
  readonly style: 'half' | 'interleaved'; // pairs (i, i + dim/2) as in NeoX and Llama, or (2i, 2i+1) as in GPT-J
  readonly scaling: RotaryScaling | null;
};

export type RotaryScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'dynamic';
      readonly factor: number;
      readonly originalNCtx: number; // a prompt of more tokens turns by a base that grows with its length
    }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFreqFactor: number;
      readonly highFreqFactor: number;
      readonly originalNCtx: number;
    }
  | {
      readonly kind: 'yarn';
      readonly factor: number;
      readonly betaFast: number; // pairs that turn more often in the original context stay as they are
      readonly betaSlow: number; // those that turn less often are slowed down by `factor`; between, a ramp
      readonly isTruncated: boolean; // the ramp begins and ends at whole pairs
      readonly originalNCtx: number;
      readonly attentionFactor: number; // of cosine and sine
    }
  | {
      readonly kind: 'longrope';
      readonly shortFactors: readonly number[]; // each pair's own, of prompts within the original context: [dim / 2]
      readonly longFactors: readonly number[]; // of longer ones, their first positions as well: [dim / 2]
      readonly originalNCtx: number;
      readonly attentionFactor: number;
    };

export type ModelConfig = {
  readonly modelType: string; // as config.json says it; for display and for the row of the weight-name table
  readonly nLayers: number;
  readonly dModel: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly dHead: number;
  readonly dMlp: number;
  readonly dVocab: number;
  readonly nCtx: number; // the context that the config names
  readonly maxPositions: number | null; // rows of a table of positions; null: angles and slopes go on beyond nCtx
  readonly normalization: Normalization;
  readonly normEps: number;
  readonly normPlace: 'before' | 'after'; // of attention and MLP, or of the stream that has their sum (OPT-350m)
  readonly normWeightOffset: number; // 1 for Gemma: (1 + w)·x
  readonly finalNorm: boolean; // false for old OPT
  readonly rotary: readonly (RotaryConfig | null)[]; // one per layer: gemma3 turns local and global layers differently
  readonly positional: 'rotary' | 'learned' | 'alibi';
  readonly positionOffset: number; // first row of the learned table: 2 for OPT
  readonly embedNorm: boolean; // a norm right after the embedding: BLOOM
  readonly embedWidth: number; // of a token's embedding; where it is not d_model, two projections lead in and out
  readonly embedScale: number; // 1, or √d_model for Gemma
  readonly attnScales: readonly number[]; // scores are q·k times this, layer by layer: usually 1/√d_head
  readonly attnSoftCap: number | null; // tanh caps of Gemma-2
  readonly logitSoftCap: number | null;
  readonly windows: readonly (number | null)[]; // sliding window of each layer, in keys; null: none
  readonly qkNorm: Normalization | null; // over d_head, on q and k before RoPE
  readonly postNorms: boolean; // norms on attention's and MLP's output as well: Gemma-2, -3
  readonly residual: 'serial' | 'parallel' | 'parallel-shared-norm'; // shared: one norm feeds attention and MLP (GPT-J, Phi)
  readonly activation: ActivationName;
  readonly gatedMlp: boolean;
  readonly experts: { readonly count: number; readonly perToken: number } | null;
  readonly tiedUnembedding: boolean;
};
