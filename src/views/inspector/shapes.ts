// How the shapes of both runs' tensors are written.
import { formatShape, type Inspection, sameShape } from '../../engine/index.ts';

/** One shape where they are the same or only one ran, else both. */
export function describeShape({ shapeA, shapeB }: Pick<Inspection, 'shapeA' | 'shapeB'>): string {
  if (shapeA && shapeB)
    return sameShape(shapeA, shapeB) ? formatShape(shapeA) : `${formatShape(shapeA)} against ${formatShape(shapeB)}`;
  return formatShape(shapeA ?? shapeB ?? []);
}
