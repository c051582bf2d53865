// Runs a few lines of Python, standard library alone: an independent reader of the files that we write.
import { spawnSync } from 'node:child_process';

/** Runs a program on arguments, and on `input` where these would be too long, and returns what it printed. Throws with its own words where it fails, or where there is no Python. */
export function runPython(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', program, ...args], { encoding: 'utf8', input });
  if (error) throw new Error(`python3 could not be started: ${error.message}. The check of our files needs it.`);
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return stdout;
}

/** Whether this machine has Python. */
export const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

/** For the name of a test that needs Python, so that a skipped one says why. */
export const PYTHON_NOTE = HAS_PYTHON ? '' : ' (no python3 on this machine: not run)';
