// Two tokens whose logits are set against each other.

export type Pair = readonly [plusId: number, minusId: number];
