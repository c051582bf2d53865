// Colours of a figure, for tests: each one told from the others.
import type { FigureInk } from './figure.ts';

export const INK: FigureInk = {
  paper: '#fff',
  ink: '#111',
  quiet: '#555',
  line: '#ccc',
  mask: '#eee',
  zero: '#fff',
  nan: '#f0f',
  runA: '#00f',
  runB: '#f80',
  good: '#080',
};
