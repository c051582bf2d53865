// torch.einsum's rule for the sizes of a subscript, and its words where it is broken. Names longer than a letter stand for the letter
// that fancy_einsum gives them: their first that is still free.

/** Says what torch.einsum says of operands whose sizes do not go together; null where they do. */
export function einsumProblem(equation: string, shapes: readonly (readonly number[])[]): string | null {
  const [inputs = ''] = equation.split('->');
  const letters = lettersOf(equation);
  const seen = new Map<string, number>();
  for (const [operand, names] of inputs.split(',').entries()) {
    for (const [axis, name] of names.trim().split(/\s+/).entries()) {
      const size = shapes[operand]?.[axis] ?? 0;
      const before = seen.get(name) ?? 1;
      if (before !== 1 && size !== 1 && before !== size) {
        return `einsum(): subscript ${letters.get(name)} has size ${size} for operand ${operand} which does not broadcast with previously seen size ${before}`;
      }
      seen.set(name, Math.max(before, size));
    }
  }
  return null;
}

function lettersOf(equation: string): Map<string, string> {
  const letters = new Map<string, string>();
  for (const name of equation.match(/\w+/g) ?? []) {
    if (letters.has(name)) continue;
    const taken = new Set(letters.values());
    const free = [...name, ...'abcdefghijklmnopqrstuvwxyz'].find((letter) => letter !== '_' && !taken.has(letter));
    letters.set(name, free ?? name);
  }
  return letters;
}
