// The module of the worker that tries a canvas's context: says true where it works, false where it does not or fails.
import { passesThrough } from './canvasTrial.ts';

passesThrough(navigator.gpu).then(
  (works) => self.postMessage(works),
  () => self.postMessage(false),
);
