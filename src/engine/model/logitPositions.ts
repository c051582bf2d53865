// Which positions' logits a run computes: a row of a large vocabulary is half a megabyte, and often one row is wanted.

/** 'all', 'last', or positions in ascending order. */
export type LogitPositions = 'all' | 'last' | readonly number[];

/** `rows` rows of the stream from row `from` on become logits from row `to` on. */
export type RowRun = { readonly from: number; readonly to: number; readonly rows: number };

/**
 * The asked positions of every prompt of the batch, as runs of consecutive rows. Throws where a position is not of the prompt, or the
 * list does not ascend.
 */
export function askedRows(asked: LogitPositions, batch: number, nPos: number): { nPos: number; runs: RowRun[] } {
  if (asked === 'all') return { nPos, runs: [{ from: 0, to: 0, rows: batch * nPos }] };
  const positions = asked === 'last' ? [nPos - 1] : asked;
  positions.forEach((position, at) => {
    const isOfPrompt = Number.isInteger(position) && position >= 0 && position < nPos;
    if (isOfPrompt && position > (positions[at - 1] ?? -1)) return;
    throw new Error(
      `Logits were asked for at positions ${positions.join(', ')} of a prompt of ${nPos} tokens; they must ascend, from 0 to ${nPos - 1}.`,
    );
  });
  if (positions.length === 0) throw new Error('Logits were asked for at no position; name one, or all.');
  const runs: RowRun[] = [];
  for (let prompt = 0; prompt < batch; prompt++) {
    for (const [at, position] of positions.entries()) {
      const row = { from: prompt * nPos + position, to: prompt * positions.length + at, rows: 1 };
      const last = runs.at(-1);
      if (last && last.from + last.rows === row.from) runs[runs.length - 1] = { ...last, rows: last.rows + 1 };
      else runs.push(row);
    }
  }
  return { nPos: positions.length, runs };
}
