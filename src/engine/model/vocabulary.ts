// Which token ids a model knows.

/** Says which of these is not in a vocabulary of so many tokens, in a sentence; null where all are. */
export function whyNotInVocabulary(tokenIds: readonly number[], dVocab: number): string | null {
  const wrong = tokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= dVocab);
  if (wrong === undefined) return null;
  return `Token id ${wrong} is not in the vocabulary of ${dVocab} tokens (0 to ${dVocab - 1}).`;
}
