// The axes of each hook under a specification: which head axis it has, how wide it is, or why this run does not have it.
import { type BlockHook, type HookName, type ModelHook, parseHookName } from './hookName.ts';

/** What decides a model's hooks: fields of its config. */
export type HookModel = {
  readonly nLayers: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly dModel: number;
  readonly embedWidth?: number; // left out: dModel
  readonly normPlace?: 'before' | 'after'; // left out: before
  readonly dHead: number;
  readonly dMlp: number;
  readonly dVocab: number;
  readonly positional: 'rotary' | 'learned' | 'alibi';
  readonly rotary: readonly (object | null)[];
  readonly residual: 'serial' | 'parallel' | 'parallel-shared-norm';
  readonly gatedMlp: boolean;
  readonly finalNorm: boolean;
  readonly experts: { readonly count: number; readonly perToken: number } | null;
};

export type HookMode = { readonly qkv: 'fused' | 'split'; readonly kv: 'broadcast' | 'repeat' };

/** [pos, width] without heads; [pos, heads, width]; or, of scores and patterns, [heads, query_pos, key_pos] with width n_pos. */
export type HookAxes = { readonly heads: number | null; readonly width: number };

/** Gives the axes of a hook, or the reason in words why a run of this model and mode has no such hook. */
export function hookAxes(hook: HookName, model: HookModel, mode: HookMode, nPos: number): HookAxes | string {
  const parsed = parseHookName(hook);
  if (parsed === null) return `${hook} is no hook`;
  if (parsed.kind === 'model') return modelAxes(parsed.hook, model);
  if (parsed.layer >= model.nLayers) return `${hook}: the model has ${model.nLayers} layers, 0 to ${model.nLayers - 1}`;
  return missing(parsed.hook, parsed.layer, model, mode) ?? blockAxes(parsed.hook, model, mode, nPos);
}

function modelAxes(hook: ModelHook, model: HookModel): HookAxes | string {
  switch (hook) {
    case 'hook_embed':
    case 'unembed.hook_in':
      return { heads: null, width: model.dModel };
    case 'hook_pos_embed':
      if (model.positional === 'learned') return { heads: null, width: model.dModel };
      return `this model has no ${hook}: its positions are ${model.positional === 'alibi' ? 'ALiBi' : 'rotary'}, not learned`;
    case 'ln_final.hook_scale':
      return model.finalNorm
        ? { heads: null, width: 1 }
        : `this model has no ${hook}: nothing normalises the final stream`;
    case 'ln_final.hook_normalized':
      return model.finalNorm
        ? { heads: null, width: model.dModel }
        : `this model has no ${hook}: nothing normalises the final stream`;
    case 'unembed.hook_out':
      return { heads: null, width: model.dVocab };
    default:
      return hook satisfies never;
  }
}

/** Says why a block has no such hook; null where it has. */
function missing(hook: BlockHook, layer: number, model: HookModel, { qkv }: HookMode): string | null {
  switch (hook) {
    case 'hook_q_input':
    case 'hook_k_input':
    case 'hook_v_input':
      return qkv === 'split'
        ? null
        : `${hook} exists in split mode only: fused, q, k and v of all heads read one input`;
    case 'hook_attn_in':
      if (qkv === 'split') {
        return `${hook} feeds nothing in split mode, as in TransformerLens: use hook_q_input, hook_k_input, hook_v_input`;
      }
      return model.nKeyValueHeads === model.nHeads
        ? null
        : `${hook} needs as many kv heads as heads (here ${model.nKeyValueHeads} and ${model.nHeads}), as in TransformerLens; use hook_q_input, hook_k_input, hook_v_input in split mode`;
    case 'attn.hook_rot_q':
    case 'attn.hook_rot_k':
      return model.rotary[layer] ? null : `layer ${layer} of this model turns nothing: it has no ${hook}`;
    case 'hook_resid_mid':
      return model.residual === 'serial'
        ? null
        : `this model has no ${hook}: attention and MLP are parallel, both read hook_resid_pre`;
    case 'mlp.hook_pre_linear':
      if (model.experts) return `the experts of this model show no ${hook}`;
      return model.gatedMlp ? null : `this model has no ${hook}: nothing gates its MLP`;
    case 'mlp.hook_expert_weights':
    case 'mlp.hook_expert_indices':
      return model.experts ? null : `this model has no ${hook}: its MLP is one, without experts`;
    case 'mlp.hook_pre':
    case 'mlp.hook_post':
      return model.experts ? `the experts of this model show no ${hook}` : null;
    default:
      return null;
  }
}

function blockAxes(hook: BlockHook, model: HookModel, mode: HookMode, nPos: number): HookAxes {
  const kvHeads = mode.kv === 'repeat' ? model.nHeads : model.nKeyValueHeads;
  const normHeads = mode.qkv === 'split' && model.normPlace !== 'after' ? kvHeads : null; // the last of the three calls, the v input's, is what ln1 shows
  switch (hook) {
    case 'hook_attn_in':
    case 'hook_q_input':
    case 'attn.hook_result':
      return { heads: model.nHeads, width: model.dModel };
    case 'hook_k_input':
    case 'hook_v_input':
      return { heads: kvHeads, width: model.dModel };
    case 'ln1.hook_scale':
      return { heads: normHeads, width: 1 };
    case 'ln1.hook_normalized':
      return { heads: normHeads, width: model.dModel };
    case 'ln2.hook_scale':
      return { heads: null, width: 1 };
    case 'attn.hook_q':
    case 'attn.hook_rot_q':
    case 'attn.hook_z':
      return { heads: model.nHeads, width: model.dHead };
    case 'attn.hook_k':
    case 'attn.hook_v':
    case 'attn.hook_rot_k':
      return { heads: kvHeads, width: model.dHead };
    case 'attn.hook_attn_scores':
    case 'attn.hook_pattern':
      return { heads: model.nHeads, width: nPos };
    case 'mlp.hook_expert_weights':
      return { heads: null, width: model.experts?.count ?? 0 };
    case 'mlp.hook_expert_indices':
      return { heads: null, width: model.experts?.perToken ?? 0 };
    case 'mlp.hook_pre':
    case 'mlp.hook_pre_linear':
    case 'mlp.hook_post':
      return { heads: null, width: model.dMlp };
    default:
      return { heads: null, width: model.dModel };
  }
}
