// Asking for pictures of a head whose values stayed on the GPU: a window of one side, painted there.
import type { HeldSide, MatrixPainting, PatternShow } from '../engine/index.ts';
import type { Picture, Presentation } from './presenter.ts';

export type PaintRequest = {
  readonly kind: 'paint';
  readonly runId: number;
  readonly show: PatternShow;
  readonly layer: number;
  readonly head: number;
  readonly side: HeldSide;
  readonly painting: MatrixPainting;
  readonly how: Presentation;
};

export type PaintAnswers = {
  paint: Picture | null; // null: the head is no longer there; its values can be read
};
