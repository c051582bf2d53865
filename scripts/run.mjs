// Starts a command of this repository and waits for it: output to the terminal as it comes, a time limit, the exit code back.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a command in the repository's root and resolves when it ends; it and its children are stopped past the limit.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, limitMinutes?: number }} [options]
 * @returns {Promise<{ code: number, message: string }>} exit code (1 if it could not start or ran too long) and, then, why
 */
export function run(command, args, { env = {}, limitMinutes = 10 } = {}) {
  const detached = process.platform !== 'win32'; // a process group of its own, to be stopped as a whole
  const shell = process.platform === 'win32'; // npm and npx are .cmd files there
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'inherit', detached, shell });
  return new Promise((resolve) => {
    const stop = () => stopTree(child.pid, detached);
    let message = '';
    const timer = setTimeout(() => {
      message = `stopped after ${limitMinutes} minutes`;
      stop();
    }, limitMinutes * 60_000);
    const interrupted = () => {
      stop();
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    const end = (/** @type {number} */ code, /** @type {string} */ why) => {
      clearTimeout(timer);
      process.removeListener('SIGINT', interrupted);
      process.removeListener('SIGTERM', interrupted);
      resolve({ code, message: why });
    };
    child.once('error', (error) => end(1, `${command} did not start: ${error.message}`));
    child.once('exit', (code, signal) => end(code ?? 1, message || (signal ? `ended by ${signal}` : '')));
  });
}

/**
 * @param {number | undefined} pid
 * @param {boolean} isGroup
 */
function stopTree(pid, isGroup) {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

/**
 * Runs a package's command-line tool from node_modules.
 * @param {string} tool as in node_modules/.bin
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, limitMinutes?: number }} [options]
 */
export function runTool(tool, args, options) {
  return run('npx', ['--no-install', tool, ...args], options);
}
