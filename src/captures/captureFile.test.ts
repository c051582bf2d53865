import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safetensorsFile } from '../../test/support/memoryFolder.ts';
import { type HookName, type Shape, writeSafetensors } from '../engine/index.ts';
import { CaptureFileError } from './captureError.ts';
import { readCaptureFile } from './captureFile.ts';
import { matchCaptures } from './matchCaptures.ts';
import { writeNpy } from './npy.ts';
import { writeNpz } from './npz.ts';

const of = (shape: number[], ...values: number[]) => ({ shape, values: Float32Array.from(values) });

test.each([
  ['safetensors', writeSafetensors],
  ['npz', writeNpz],
] as const)('%s: prefixes become groups, other names are listed', async (format, write) => {
  const bytes = write(
    new Map([
      ['split.blocks.0.hook_q_input', of([1, 2, 1, 1], 1, 2)],
      ['split.hook_embed', of([1, 2, 1], 1, 2)],
      ['hook_embed', of([2, 1], 1, 2)],
      ['run/7/hook_embed', of([2, 1], 1, 2)],
      ['hf.logits', of([1], 0)],
    ]),
  );
  const file = await readCaptureFile('mine', bytes);
  expect(file.format).toBe(format);
  expect([...file.groups].map(([prefix, group]) => [prefix, [...group.keys()]])).toEqual([
    ['split', ['blocks.0.hook_q_input', 'hook_embed']],
    ['', ['hook_embed']],
    ['run/7', ['hook_embed']],
  ]);
  expect(file.unread).toEqual([{ name: 'hf.logits', why: 'is no hook of TransformerLens that Splitscope knows' }]);
});

test('one .npy file is the hook that its name says', async () => {
  const file = await readCaptureFile('blocks.3.attn.hook_z.npy', writeNpy(of([1, 1, 2], 5, 6)));
  expect([...(file.groups.get('')?.get('blocks.3.attn.hook_z')?.values ?? [])]).toEqual([5, 6]);
});

test('f64 is rounded to f32 and says so; integers are listed with the way out', async () => {
  const wide = new Map([
    ['hook_embed', { shape: [1], values: Float64Array.of(0.1) }],
    ['hook_pos_embed', { shape: [1], values: Float64Array.of(0.5) }],
  ]);
  const { groups } = await readCaptureFile('x.npz', writeNpz(wide));
  expect(groups.get('')?.get('hook_embed')).toEqual({ shape: [1], values: Float32Array.of(0.1), isRounded: true });
  expect(groups.get('')?.get('hook_pos_embed')?.isRounded).toBe(false);
  const header = { hook_embed: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } };
  const { unread } = await readCaptureFile('x.safetensors', safetensorsFile(header, 8));
  expect(unread).toEqual([{ name: 'hook_embed', why: 'hook_embed has dtype I64, expected F64, F32, F16 or BF16.' }]);
});

test('any bytes are read or refused in a sentence', async () => {
  const valid = writeNpz(new Map([['hook_embed', of([2, 1], 1, 2)]]));
  const mutated = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 8 })
    .map((changes) => changes.reduce((file, [at, byte]) => file.with(at, byte), valid));
  const cut = fc.nat(valid.length).map((length) => valid.slice(0, length));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array(), mutated, cut), async (bytes) => {
      const read = readCaptureFile('x', bytes);
      await read.catch((error) => expect(error).toBeInstanceOf(CaptureFileError));
    }),
    { numRuns: 1000 },
  );
});

test('tensors meet a run by name and shape: batch dropped, heads by broadcast, the rest listed', async () => {
  const run = new Map<HookName, Shape>([
    ['hook_embed', [2, 3]],
    ['blocks.0.ln1.hook_scale', [2, 1]],
    ['blocks.0.attn.hook_k', [2, 1, 4]],
    ['blocks.0.attn.hook_z', [2, 2, 4]],
    ['unembed.hook_out', [2, 5]],
  ]);
  const zeros = (shape: number[]) => ({
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    isRounded: false,
  });
  const { captures, unmatched, absent } = matchCaptures(
    new Map<HookName, ReturnType<typeof zeros>>([
      ['blocks.0.attn.hook_z', zeros([1, 3, 2, 4])],
      ['blocks.0.attn.hook_k', zeros([1, 2, 1, 4])],
      ['blocks.0.ln1.hook_scale', zeros([1, 2, 2, 1])],
      ['hook_embed', zeros([1, 2, 3])],
      ['blocks.0.hook_q_input', zeros([1, 2, 2, 3])],
    ]),
    run,
  );
  expect([...captures].map(([hook, { shape }]) => [hook, shape])).toEqual([
    ['hook_embed', [2, 3]],
    ['blocks.0.ln1.hook_scale', [2, 2, 1]],
    ['blocks.0.attn.hook_k', [2, 1, 4]],
  ]);
  expect(unmatched).toEqual([
    { name: 'blocks.0.hook_q_input', why: 'the run has no such hook in this mode' },
    {
      name: 'blocks.0.attn.hook_z',
      why: 'has shape [1, 3, 2, 4], the run has [2, 2, 4] (the same prompt, the same model?)',
    },
  ]);
  expect(absent).toEqual(['unembed.hook_out']);
});

test('a batch of several is refused with the reason', () => {
  const tensor = { shape: [2, 2, 3], values: new Float32Array(12), isRounded: false };
  const { unmatched } = matchCaptures(new Map([['hook_embed', tensor]]), new Map([['hook_embed', [2, 3]]]));
  expect(unmatched[0]?.why).toContain('a batch of 2 cannot be compared');
});

const RECORDED = 'test/fixtures/goldens/mistral/goldens.safetensors';

test('a recording of TransformerLens is read: fused and split beside each other', async () => {
  expect(existsSync(RECORDED)).toBe(true);
  const { groups } = await readCaptureFile('goldens.safetensors', readFileSync(RECORDED));
  expect(groups.get('fused')?.has('blocks.0.attn.hook_pattern')).toBe(true);
  expect(groups.get('split')?.has('blocks.0.hook_q_input')).toBe(true);
});
