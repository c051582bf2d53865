// Path patching: what a sender tells a receiver, and nothing else. Wang et al. 2022, "Interpretability in the Wild", appendix B, in the
// three runs of that paper: (1) the clean and the corrupted prompt; (2) the clean prompt with the sender as it is under the corrupted
// one, which shows what the receivers would then read; (3) the clean prompt with the receivers reading that. In run 2 the paper freezes
// every other head to the clean run and recomputes MLPs and norms. Both are a choice here: heads recomputed too, the receivers hear
// the sender through any head between them; MLPs frozen too, by the direct path alone.
// Plain data and what follows from it; `runPathPatch.ts` runs it.

import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import { hookAxes } from '../../hooks/hookAxes.ts';
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import { whyNoSum } from '../reading/streamParts.ts';

export type Sender =
  | { readonly kind: 'head'; readonly layer: number; readonly head: number } // its attn.hook_result
  | { readonly kind: 'mlp'; readonly layer: number } // its hook_mlp_out
  | { readonly kind: 'embed' }; // hook_embed

export type Receiver =
  | { readonly kind: 'q' | 'k' | 'v'; readonly layer: number; readonly head: number } // kv heads of k and v, unless repeated
  | { readonly kind: 'mlp'; readonly layer: number } // its hook_mlp_in
  | { readonly kind: 'final' }; // the stream behind the last block

export type PathPatch = {
  readonly sender: Sender;
  readonly receivers: readonly Receiver[];
  readonly heads: Between; // all heads but the sender
  readonly mlps: Between; // all MLPs but the sender
};

/** What becomes of that which lies between sender and receivers, in run 2: held as it is in the clean run, or computed anew. */
export type Between = 'frozen' | 'recomputed';

const INPUT = { q: 'hook_q_input', k: 'hook_k_input', v: 'hook_v_input' } as const;

/** Says why a path cannot be patched, naming what is wrong; null where it can. */
export function whyNotPathPatch(
  { sender, receivers }: PathPatch,
  config: ModelConfig,
  kv: 'broadcast' | 'repeat',
  nPos: number,
): string | null {
  const noSum = whyNoSum(config);
  if (noSum !== null) return noSum;
  if (receivers.length === 0) return 'A path needs a receiver: q, k or v input of a head, an MLP, or the final stream';
  if (sender.kind !== 'embed' && sender.layer >= config.nLayers) return noLayer(sender.layer, config);
  if (sender.kind === 'head' && sender.head >= config.nHeads) {
    return `There is no head L${sender.layer}H${sender.head}: each layer has ${config.nHeads}, 0 to ${config.nHeads - 1}`;
  }
  for (const receiver of receivers) {
    const why = whyNotReceiver(receiver, sender, { config, kv, nPos });
    if (why !== null) return why;
  }
  return null;
}

function whyNotReceiver(
  receiver: Receiver,
  sender: Sender,
  { config, kv, nPos }: { readonly config: ModelConfig; readonly kv: 'broadcast' | 'repeat'; readonly nPos: number },
): string | null {
  if (receiver.kind === 'final') return null;
  if (receiver.layer >= config.nLayers) return noLayer(receiver.layer, config);
  if (receiver.kind !== 'mlp') {
    const axes = hookAxes(blockHook(receiver.layer, INPUT[receiver.kind]), config, { qkv: 'split', kv }, nPos);
    const heads = typeof axes === 'string' ? 0 : (axes.heads ?? 0);
    if (receiver.head >= heads) {
      return `${receiver.kind} of layer ${receiver.layer} has ${heads} heads, 0 to ${heads - 1}, and no head ${receiver.head}`;
    }
  }
  const readsOwnBlock = receiver.kind === 'mlp' && sender.kind === 'head' && config.residual === 'serial';
  const first = sender.kind === 'embed' ? 0 : readsOwnBlock ? sender.layer : sender.layer + 1;
  if (receiver.layer >= first) return null;
  const hasKvHeads = kv === 'broadcast' && config.nKeyValueHeads < config.nHeads;
  return `${nameOf(receiver, hasKvHeads)} reads the stream before ${nameOf(sender, hasKvHeads)} writes into it: there is no path`;
}

function noLayer(layer: number, { nLayers }: ModelConfig): string {
  return `There is no layer ${layer}: the model has ${nLayers}, 0 to ${nLayers - 1}`;
}

/** A sender's or receiver's name: `L1H3`, `L2H0.q`, `L2KV0.k` where kv heads are fewer than heads, `L2 MLP`, `embed`, `final`. */
export function nameOf(end: Sender | Receiver, hasKvHeads: boolean): string {
  switch (end.kind) {
    case 'head':
      return `L${end.layer}H${end.head}`;
    case 'mlp':
      return `L${end.layer} MLP`;
    case 'q':
      return `L${end.layer}H${end.head}.q`;
    case 'k':
    case 'v':
      return `L${end.layer}${hasKvHeads ? 'KV' : 'H'}${end.head}.${end.kind}`;
    default:
      return end.kind;
  }
}

/** Run 2: the sender from the corrupted prompt, and what is behind it frozen to the clean run where asked. */
export function sendingRun({ sender, heads, mlps }: PathPatch, { nLayers }: ModelConfig): Intervention[] {
  const edits = [freeze(senderHook(sender), sender.kind === 'head' ? [sender.head] : 'all', 'corrupted')];
  const first = sender.kind === 'embed' ? 0 : sender.layer;
  for (let layer = first; layer < nLayers; layer++) {
    const isBehind = sender.kind === 'embed' || layer > sender.layer;
    if (heads === 'frozen' && isBehind) edits.push(freeze(blockHook(layer, 'attn.hook_z'), 'all', 'clean'));
    const isSender = sender.kind === 'mlp' && layer === sender.layer;
    if (mlps === 'frozen' && !isSender) edits.push(freeze(blockHook(layer, 'hook_mlp_out'), 'all', 'clean'));
  }
  return edits;
}

/** Run 3: the receivers read what run 2 gave them to read; run 2 stands in the place of the corrupted run. */
export function receivingRun({ receivers }: PathPatch, nLayers: number): Intervention[] {
  return receivers.map((receiver) => {
    const hasHead = receiver.kind === 'q' || receiver.kind === 'k' || receiver.kind === 'v';
    return freeze(receiverHook(receiver, nLayers), hasHead ? [receiver.head] : 'all', 'corrupted');
  });
}

/** The hook whose activation the sender is. A head's result is its z through W_O, so the head's z says it all. */
export function senderHook(sender: Sender): HookName {
  if (sender.kind === 'embed') return 'hook_embed';
  return blockHook(sender.layer, sender.kind === 'head' ? 'attn.hook_z' : 'hook_mlp_out');
}

/** The hook at which a receiver reads. */
export function receiverHook(receiver: Receiver, nLayers: number): HookName {
  if (receiver.kind === 'final') return blockHook(nLayers - 1, 'hook_resid_post');
  return blockHook(receiver.layer, receiver.kind === 'mlp' ? 'hook_mlp_in' : INPUT[receiver.kind]);
}

function freeze(hook: HookName, heads: Intervention['heads'], prompt: 'clean' | 'corrupted'): Intervention {
  return { hook, heads, positions: 'all', operation: { kind: 'freeze', prompt }, enabled: true };
}
