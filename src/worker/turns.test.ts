import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const moment = () => new Promise((resolve) => setTimeout(resolve, 1));

test('work goes one after the other, also where one fails', async () => {
  const turns = new Turns();
  const heard: string[] = [];
  const work = (name: string, fails = false) =>
    turns.take(async () => {
      heard.push(`${name} begins`);
      await moment();
      heard.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const outcomes = await Promise.allSettled([work('one', true), work('two')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(heard).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test('where long work rests, all that waits goes first', async () => {
  const turns = new Turns();
  const heard: string[] = [];
  const long = turns.take(async (rest) => {
    for (const part of [1, 2, 3]) {
      await moment();
      heard.push(`part ${part}`);
      await rest();
    }
  });
  const short = ['a', 'b'].map((name) => turns.take(async () => void heard.push(name)));
  await Promise.all([long, ...short]);
  expect(heard).toEqual(['part 1', 'a', 'b', 'part 2', 'part 3']);
});
