// `bench`, as the list and --help tell it. It builds the page and drives a browser, so that it runs in a clone alone, where
// scripts/cli.mjs hands it to scripts/bench.mjs.
import type { Command } from './command.ts';

export const BENCH: Command = {
  name: 'bench',
  summary: 'time this engine against ONNX Runtime Web in a browser',
  usage: `Usage: splitscope bench [--decoding | --comparing | --load] [--json FILE]
  Times this engine against ONNX Runtime Web in a headless Chromium; one part alone where it is named. Progress goes to stderr.
  --json FILE: the figures, besides the table. Needs a clone of Splitscope's repository.

Examples:
  splitscope bench
  splitscope bench --load --json load.json`,
  run: async () => {
    throw new Error("bench builds the page and drives a browser: run it in a clone of Splitscope's repository.");
  },
};
