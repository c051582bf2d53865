// What is taken away from the page, read back by others' rules: the experiment, activations, figures, the report, code.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { HAS_PYTHON, PYTHON_NOTE, runPython } from '../test/support/python.ts';
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test } from './support/fixtures.ts';

const REVERSED = '#b.order=reversed&side=delta&atol=0&rtol=0';
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Share this experiment' });

async function openShare(page: Page, hash = REVERSED): Promise<void> {
  await openApp(page, hash);
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(dialog(page)).toBeVisible();
}

/** Presses a button of the dialog and gives the file that it saves. */
async function save(page: Page, name: string): Promise<{ readonly name: string; readonly path: string }> {
  const saving = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name, exact: true }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), path: await download.path() };
}

/** Chooses which figure the dialog saves. */
async function chooseFigure(page: Page, name: string): Promise<void> {
  await dialog(page)
    .getByRole('button', { name: /Figure$/ })
    .press('Enter');
  await page.getByRole('option', { name, exact: true }).press('Enter');
}

/** Drops a file of this machine on the page, as a drag from outside the browser would. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const file = { name, base64: bytes.toString('base64') };
  await page.evaluate(({ name, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  }, file);
}

test('an experiment file opens elsewhere by the picker and by a drop, and the result is reproduced', async ({
  page,
  browser,
}) => {
  await openShare(page);
  await expect(dialog(page)).toContainText('Native arithmetic: another GPU may differ in the last bits.');
  const file = await save(page, 'Save file');
  expect(file.name).toBe('splitscope-demo-gqa.splitscope.json');
  const bytes = readFileSync(file.path);
  const { splitscope, experiment } = JSON.parse(bytes.toString());
  expect(splitscope).toBe(1);
  expect(experiment.b.order).toBe('reversed');
  expect(experiment.prompt.tokenIds).toHaveLength(15);
  const elsewhere = await (await browser.newContext()).newPage();
  await openApp(elsewhere);
  await expect(elsewhere.getByRole('status')).toHaveText(/bit-identical/);
  await elsewhere.getByRole('button', { name: 'Share', exact: true }).click();
  const choosing = elsewhere.waitForEvent('filechooser');
  await dialog(elsewhere).getByRole('button', { name: 'Open file…' }).click();
  await (await choosing).setFiles(file.path);
  await expect(dialog(elsewhere)).toHaveCount(0);
  await expect(elsewhere.getByText('Reproduced bit for bit.')).toBeVisible();
  await elsewhere.getByRole('button', { name: 'Undo' }).click();
  await expect(elsewhere.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  await drop(elsewhere, 'theirs.splitscope.json', bytes);
  await expect(elsewhere.getByText('Reproduced bit for bit.')).toBeVisible();
  await drop(elsewhere, 'cut.splitscope.json', bytes.subarray(0, 200));
  await expect(elsewhere.getByRole('status')).toHaveText(/This file is no experiment of Splitscope/);
  await expect(elsewhere.getByRole('button', { name: /Summation order of run B/ })).toContainText('reversed');
  await elsewhere.context().close();
});

test(`activations are the same numbers in NPZ, safetensors and CSV, by those formats' own rules${PYTHON_NOTE}`, async ({
  page,
}) => {
  test.skip(!HAS_PYTHON, 'the reader of the files is python3');
  await openShare(page);
  const csv = await save(page, 'CSV');
  await dialog(page).getByText('all hooks', { exact: true }).click();
  await expect(dialog(page).getByRole('button', { name: 'CSV' })).toBeDisabled(); // it holds one hook
  const npz = await save(page, 'NPZ');
  const safetensors = await save(page, 'safetensors');
  expect(csv.name).toBe('splitscope-demo-gqa-b-blocks.1.attn.hook_pattern.csv');
  expect(runPython(READ_BACK, [npz.path, safetensors.path, csv.path])).toBe(
    '97 tensors agree; pattern [8, 15, 15], 1800 rows, rows sum to 1\n',
  );
});

test('captures that were saved here are dropped here again, as run B, and are the bits of run A', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog(page).getByRole('radio', { name: 'A', exact: true }).click();
  await dialog(page).getByText('all hooks', { exact: true }).click();
  const { path } = await save(page, 'safetensors');
  await page.keyboard.press('Escape');
  await drop(page, 'mine.safetensors', readFileSync(path));
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical at all 85 hooks/);
  await expect(page.getByText(/mine.safetensors/).first()).toBeVisible();
});

test('figures carry axes, legend and provenance, in SVG that stands alone and in PNG', async ({ page }) => {
  await openShare(page);
  const figures = [
    {
      name: 'Pattern',
      words: ['key position', 'query position', '·Mary', 'exactly 0', 'Head L1H7, B − A', 'blocks.1.attn.hook_pattern'],
    },
    { name: 'Heads', words: ['layer', 'key/value head', 'Every head of run A: attention', 'masked'] },
    { name: 'Ladder', words: ['max |Δ| of B against A', 'hooks, in running order', 'outside tolerance', 'block 3'] },
    {
      name: 'Histogram',
      words: ['Values of blocks.1.attn.hook_pattern', 'value, in', 'elements (height: square root)'],
    },
    { name: 'Error against magnitude', words: ['|a|', '|b − a|', 'about one ULP', 'elements differ'] },
    { name: 'Distance in ULP', words: ['distance in ULP', 'elements'] },
    { name: 'Next tokens', words: ['Next after ·to at position 14', 'probability A', 'probability B'] },
    { name: 'Predictions by position', words: ['KL(A‖B)', 'position, by its token', 'logit difference', '·store'] },
  ];
  const saved: string[] = [];
  for (const { name, words } of figures) {
    await chooseFigure(page, name);
    const svg = readFileSync((await save(page, 'Save SVG')).path, 'utf8');
    const read = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      const { width, height } = parsed.documentElement.attributes as unknown as Record<string, Attr>;
      return {
        errors: parsed.querySelectorAll('parsererror').length,
        text: parsed.documentElement.textContent ?? '',
        size: [Number(width?.value), Number(height?.value)],
      };
    }, svg);
    expect(read.errors).toBe(0);
    const provenance = ['demo-gqa, weights sha256 d5d5d80a0680fb82', 'B split, reversed', 'Made by Splitscope'];
    for (const word of [...words, ...provenance]) expect(read.text).toContain(word);
    expect(svg).not.toMatch(/<script|class=|href="(?!data:image\/png)/); // needs no stylesheet and nothing from elsewhere
    const png = readFileSync((await save(page, 'Save PNG')).path);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(read.size.map((side) => 2 * side));
    saved.push(svg);
  }
  // The same from the panels' own heads, of what they show now.
  await page.keyboard.press('Escape');
  for (const [at, title] of ['Pattern L1H7', 'Heads', 'Divergence'].entries()) {
    await page.getByRole('button', { name: `Save ${title} as a figure` }).press('Enter');
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'SVG' }).press('Enter');
    expect(readFileSync(await (await download).path(), 'utf8')).toBe(saved[at]);
  }
});

test('the report and the code are text that says what was run', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openShare(page);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const report = readFileSync((await save(page, 'Save report')).path, 'utf8');
  await dialog(page).getByRole('button', { name: 'Copy report' }).click();
  await expect.poll(copied).toBe(report);
  for (const word of ['**Outside tolerance** at 81 of 85 hooks', '| order | `canonical` | `reversed` |', '`·Mary`'])
    expect(report).toContain(word);
  expect(report).toContain(await dialog(page).getByRole('textbox', { name: 'Link' }).inputValue());
  await dialog(page).getByRole('button', { name: 'Copy as TransformerLens' }).click();
  await expect.poll(copied).toMatch(/^# Made by Splitscope[\s\S]*import HookedTransformer/);
  await dialog(page)
    .getByRole('button', { name: /Copy as nnsight/ })
    .click();
  await expect.poll(copied).toContain('with model.trace(tokens):  # on this machine: NDIF runs models of the hub');
});

test('the dialog by keyboard alone: opened, walked through, used, closed; axe has no objection, wide and narrow', async ({
  page,
}) => {
  await openApp(page, REVERSED);
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
  await page.getByRole('button', { name: 'Share', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  const walked: string[] = [];
  for (let presses = 0; presses < 24; presses++) {
    await page.keyboard.press('Tab');
    walked.push(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''));
    if (walked.at(-1) === 'Save SVG') break;
  }
  for (const name of ['Save file', 'Open file…', 'Copy as TransformerLens', 'Copy report'])
    expect(walked).toContain(name);
  const saving = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await saving).suggestedFilename()).toBe('splitscope-demo-gqa-ladder.svg');
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoViolations(page, `share, ${width} px`, '[role=dialog]');
    expect(await dialog(page).evaluate((node) => node.scrollWidth - node.clientWidth)).toBeLessThanOrEqual(0);
  }
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});

test('a pasted link, a pasted experiment and a dropped link open; what is pasted into a field stays text', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openShare(page);
  const link = await dialog(page).getByRole('textbox', { name: 'Link' }).inputValue();
  const file = readFileSync((await save(page, 'Save file')).path, 'utf8');
  await page.keyboard.press('Escape');
  const paste = async (text: string) => {
    await page.evaluate((given) => navigator.clipboard.writeText(given), text);
    await page.keyboard.press('Control+v');
  };
  const back = async () => {
    await openApp(page);
    await page.reload();
    await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  };
  const reproduced = page.getByText('Reproduced bit for bit.');
  const order = page.getByRole('button', { name: /Summation order of run B/ });
  await back();
  await page.getByRole('heading', { name: 'Splitscope' }).click();
  await paste(link);
  await expect(reproduced).toBeVisible();
  await expect(order).toContainText('reversed');
  await page.goBack();
  await expect(order).toContainText('canonical');
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  await paste(file);
  await expect(order).toContainText('reversed');
  await expect(reproduced).toBeVisible();
  await back();
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData('text/uri-list', text);
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, link);
  await expect(reproduced).toBeVisible();
  const prompt = page.getByRole('textbox', { name: 'Text', exact: true });
  await prompt.fill('');
  await paste('#model=demo-neox');
  await expect(prompt).toHaveValue('#model=demo-neox');
});

/** Reads the three files with Python's standard library, as the formats are specified, and with numpy where it is there. */
const READ_BACK = `
import ast, csv, json, struct, sys, zipfile
npz, safetensors, table = sys.argv[1:]

def npy(raw):
    assert raw[:6] == b'\\x93NUMPY', raw[:6]
    length, start = (struct.unpack('<H', raw[8:10])[0], 10) if raw[6] == 1 else (struct.unpack('<I', raw[8:12])[0], 12)
    assert (start + length) % 64 == 0
    header = ast.literal_eval(raw[start:start + length].decode())
    assert header['descr'] == '<f4' and header['fortran_order'] is False
    return list(header['shape']), raw[start + length:]

with zipfile.ZipFile(npz) as archive:
    assert archive.testzip() is None
    ours = {name[:-4]: npy(archive.read(name)) for name in archive.namelist()}
with open(safetensors, 'rb') as file:
    raw = file.read()
length = struct.unpack('<Q', raw[:8])[0]
header, payload = json.loads(raw[8:8 + length]), raw[8 + length:]
assert json.loads(header.pop('__metadata__')['splitscope'])['b']['order'] == 'reversed'
ends = 0
for name, entry in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
    begin, end = entry['data_offsets']
    assert begin == ends and entry['dtype'] == 'F32', name
    assert (entry['shape'], payload[begin:end]) == (ours[name][0], ours[name][1]), name
    ends = end
assert ends == len(payload) and header.keys() == ours.keys()
shape, bits = ours['blocks.1.attn.hook_pattern']
values = struct.unpack(f'<{len(bits) // 4}f', bits)
assert all(abs(sum(values[at:at + 15]) - 1) < 15 * 2 ** -24 for at in range(0, len(values), 15))
with open(table) as file:
    rows = list(csv.DictReader(file))
assert rows[0].keys() == {'head', 'query', 'key', 'value', 'bits'}
for at, row in enumerate(rows):
    assert [int(row[axis]) for axis in ('head', 'query', 'key')] == [at // 225, at // 15 % 15, at % 15]
    assert struct.pack('<I', int(row['bits'], 16)) == bits[4 * at:4 * at + 4]
    assert struct.pack('<f', float(row['value'])) == bits[4 * at:4 * at + 4]
try:
    import numpy
    loaded = numpy.load(npz)
    assert all(loaded[name].tobytes() == data for name, (_, data) in ours.items())
except ImportError:
    pass
print(f'{len(ours)} tensors agree; pattern {shape}, {len(rows)} rows, rows sum to 1')
`;
