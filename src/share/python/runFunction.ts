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

def run(tokens, split, hooks=()${argument}):
    """Logits [1, pos, d_vocab] and every activation; k and v inputs are those of the kv heads${words}."""
    model.set_use_split_qkv_input(split)
${setting}    with torch.no_grad(), model.hooks(fwd_hooks=list(hooks)):
        return model.run_with_cache(tokens)
`;
}
