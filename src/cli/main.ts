// The headless Splitscope for Node, over Dawn: finds the command and words what goes wrong. Exit codes: 0 all is well, 1 what was
// checked does not hold, 2 it could not be done.
import { BENCH } from './benchCommand.ts';
import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { closeDawn } from './dawn.ts';
import { DIFF } from './diffCommand.ts';
import { GENERATE } from './generateCommand.ts';
import { GEOMETRY } from './geometryCommand.ts';
import { PARITY } from './parityCommand.ts';
import { PATHS } from './pathsCommand.ts';
import { RUN } from './runCommand.ts';
import { SWEEP } from './sweepCommand.ts';
import { VERIFY } from './verifyCommand.ts';

declare const __APP_VERSION__: string;

const COMMANDS: readonly Command[] = [DIFF, RUN, GENERATE, SWEEP, PATHS, PARITY, GEOMETRY, VERIFY, BENCH];

const USAGE = `Usage: splitscope COMMAND …
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}

splitscope COMMAND --help tells each one's arguments, with examples; splitscope --version which this is.`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--version') {
    console.log(__APP_VERSION__);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    const isAsked = name === undefined || name === '--help' || name === '-h' || name === 'help';
    (isAsked ? console.log : console.error)(
      isAsked ? USAGE : `There is no command ${name}. Commands: ${COMMANDS.map((one) => one.name).join(', ')}.`,
    );
    return isAsked ? 0 : 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    console.error(`${error.message}\nsplitscope ${command.name} --help tells the arguments, with examples.`);
    return 2;
  }
}

/** Ours, and parseArgs' own for an unknown option. */
function isUsageError(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
} finally {
  closeDawn();
}
