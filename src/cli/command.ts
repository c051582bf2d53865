// What a command of the command line is, and how it fails.

export type Command = {
  readonly name: string;
  readonly summary: string; // one line, for the list
  readonly usage: string; // with examples
  /** Runs with the arguments after its name; gives the exit code. Throws UsageError, or what went wrong. */
  readonly run: (args: readonly string[]) => Promise<number>;
};

/** The arguments do not say what to do. The message tells what was expected. */
export class UsageError extends Error {}

/** The one checkpoint folder that a command takes. Throws UsageError where there is none, or more stands beside it. */
export function theFolder([directory, ...rest]: readonly string[], command: string): string {
  if (directory === undefined || rest.length > 0) throw new UsageError(`${command} takes one checkpoint folder.`);
  return directory;
}

/** Progress goes to stderr, so that stdout holds the result alone. */
export function say(progress: string): void {
  console.error(progress);
}
