// Prompts that more than one case runs.

/** Longer than a block of 32 keys, in the words that the demo models know. */
export const LONG_PROMPT =
  'Mary went to the park. John went to the store. When Mary and John went to the store, John gave a drink to Mary. When Lucy and Ben went to the park, Ben gave a drink to';
