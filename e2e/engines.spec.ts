// Engines that are not ours: ONNX Runtime on the processor, loaded when it is asked for; and a file of captures, dropped into the page.
import { readFileSync } from 'node:fs';
import { expect, openApp, test } from './support/fixtures.ts';

test('ONNX Runtime as run B agrees with our kernels, and its bytes come only when it is asked for', async ({
  page,
}) => {
  const wasm: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('ort-wasm')) wasm.push(request.url());
  });
  await openApp(page);
  await expect(page.getByRole('status').last()).toHaveText(/Compared in .* bit-identical/);
  expect(wasm).toEqual([]);
  await openApp(page, '#b.engine=onnx');
  await page.reload();
  await expect(page.getByRole('status').last()).toHaveText(/differs at .* hooks, .*; all within the tolerance/);
  expect(wasm.length).toBeGreaterThan(0);
});

test("ONNX Runtime's WebGPU kernels run as B: plain operators within the tolerance, and its own beside its WASM as the case tells", async ({
  page,
}) => {
  await openApp(page, '#mode=compare&a.engine=onnx&b.engine=onnx-webgpu&b.qkv=fused');
  const status = page.getByRole('status').last();
  await expect(status).toHaveText(/all within the tolerance|bit-identical at all/, { timeout: 90_000 });
  await openApp(page, '#case=onnx-gqa&step=3');
  const strip = page.getByRole('complementary', { name: /^Case: ONNX Runtime/ });
  // Whether both backends agree hangs on the adapter; that the text says of its own figure what is so, is ours.
  const saysWhatIsSo = async (tokens: number) => {
    await expect(strip).toContainText(new RegExp(`\\b${tokens} tokens[.:]`), { timeout: 90_000 });
    const text = await strip.innerText();
    const z = Number(/block 0's z differs by ([\d.e-]+?)[,.](?![\d])/.exec(text.replaceAll('−', '-'))?.[1]);
    expect(text).toContain(z > 1e-3 ? 'one of the two is wrong on this adapter' : 'both backends compute the same');
  };
  await saysWhatIsSo(15);
  await strip.getByRole('radio', { name: 'WebGPU against WASM' }).click();
  await saysWhatIsSo(44);
});

test('a dropped capture file is run B: matched by name and shape, what does not go with run A is listed', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status').last()).toHaveText(/Compared in .* bit-identical/);
  const file = 'test/fixtures/goldens/mistral/goldens.safetensors'; // of another model: nothing but shapes can be said
  const base64 = readFileSync(file).toString('base64');
  await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'theirs.safetensors'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer }));
  }, base64);
  await expect(page.getByText(/Nothing in theirs.safetensors goes with run A/).first()).toBeVisible();
});
