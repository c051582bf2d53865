import { expect, test } from 'vitest';
import { repositoryOf } from './repositoryOf.ts';

test.each([
  ['https://huggingface.co/openai-community/gpt2', 'openai-community/gpt2', null],
  [' https://huggingface.co/openai-community/gpt2/ ', 'openai-community/gpt2', null],
  ['https://huggingface.co/EleutherAI/pythia-70m/tree/step3000', 'EleutherAI/pythia-70m', 'step3000'],
  ['https://hf-mirror.com/a/b/blob/refs%2Fpr%2F1/config.json', 'a/b', 'refs/pr/1'],
  ['http://localhost:8000/a/b?x=1', 'a/b', null],
  ['https://huggingface.co/a/b/tree/50%', 'a/b', '50%'],
  ['openai-community/gpt2', 'openai-community/gpt2', null],
  ['https://huggingface.co/gpt2', 'https://huggingface.co/gpt2', null],
  ['https:/', 'https:/', null],
])('%s is %s at %s', (text, repo, revision) => {
  expect(repositoryOf(text)).toEqual({ repo, revision });
});
