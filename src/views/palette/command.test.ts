import { expect, test } from 'vitest';
import { type Command, matching } from './command.ts';

const command = (group: string, title: string): Command => ({ id: title, group, title, run: () => {} });
const COMMANDS = [command('Go to', 'Runs'), command('Run', 'Run split alone'), command('Run', 'Swap A and B')];

test.each([
  ['', ['Runs', 'Run split alone', 'Swap A and B']],
  ['run s', ['Run split alone', 'Runs', 'Swap A and B']],
  ['go', ['Runs']],
  ['SWAP', ['Swap A and B']],
  ['nothing', []],
])('"%s" finds %j', (query, titles) => {
  expect(matching(COMMANDS, query).map(({ title }) => title)).toEqual(titles);
});
