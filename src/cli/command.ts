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

/** Progress goes to stderr, so that stdout holds the result alone. */
export function say(progress: string): void {
  console.error(progress);
}
