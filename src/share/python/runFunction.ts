// The function of a script that runs the model: logits and every activation, under hooks. Text alone.

/** `def run(tokens, split, hooks)`; with `repeat` where a run has a k and v input for each query head. */
export function runFunction(repeats: boolean): string {
  const [argument, setting, words] = repeats
    ? [
        ', repeat=False',
        '    model.set_ungroup_grouped_query_attention(repeat)\n',
        ', or of each query head with `repeat`',
      ]
    : ['', '', ''];
  return `

SPLIT_ONLY = ("hook_q_input", "hook_k_input", "hook_v_input")  # a fused run has none: TransformerLens refuses hooks there


def run(tokens, split, hooks=()${argument}):
    """Logits [1, pos, d_vocab] and every activation; k and v inputs are those of the kv heads${words}."""
    model.set_use_split_qkv_input(split)
${setting}    hooks = [(name, hook) for name, hook in hooks if split or not name.endswith(SPLIT_ONLY)]
    with torch.no_grad(), model.hooks(fwd_hooks=hooks):
        return model.run_with_cache(tokens)
`;
}
