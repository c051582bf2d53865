// A token as the page shows it: its id and its own text, or its bytes where they are no text.

export type Token = {
  readonly id: number;
  readonly text: string; // the token's own text, decoded alone: ' Mary'; '' where the bytes are no text
  readonly bytes: readonly number[] | null; // set where the token's bytes are not valid UTF-8 by themselves
  readonly special: boolean; // <|endoftext|>, <s>…
};
