// config.json and tensor shapes of one golden checkpoint per architecture: what a model is, without its numbers.
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'test/fixtures/architectures';

export type ArchitectureFixture = {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, readonly number[]>>;
};

/** One fixture per architecture, and those that differ within one (llama3_rope). */
export const ARCHITECTURE_FIXTURES: readonly ArchitectureFixture[] = readdirSync(FOLDER).map((file) => ({
  name: file.replace('.json', ''),
  ...JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')),
}));

/** The fixture of that name. Throws where there is none. */
export function architectureFixture(name: string): ArchitectureFixture {
  const fixture = ARCHITECTURE_FIXTURES.find((candidate) => candidate.name === name);
  if (!fixture) throw new Error(`test/fixtures/architectures has no ${name}.json`);
  return fixture;
}
