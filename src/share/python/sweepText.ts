// A sweep in TransformerLens: one operation at each place in turn by `run_with_hooks`, and the numbers that Splitscope got as asserts.
import type { Sweep, SweepCell } from '../../engine/index.ts';
import { changeText } from './edits.ts';
import { number, quote } from './literals.ts';
import { metricFunction, metricTolerance } from './metricText.ts';

const MAX_EXPECTED = 4096; // cells written out

/** Writes the sweep over `tokens`, `clean` and `corrupted`, which stand above it; with `repeat` each query head has its own k and v input. */
export function sweepText(sweep: Sweep, cells: readonly SweepCell[], repeat: boolean): string {
  const { sites, operation, byPosition, metric, position } = sweep;
  const expected = cells.length === 0 || cells.length > MAX_EXPECTED ? '{}' : expectedText(sweep, cells);
  return `${metricFunction(metric, position)}

# Sweep: the same edit at each place in turn.
expected = ${expected}
for site in (${sites.map((site) => `${quote(site)},`).join(' ')}):
    model.set_use_split_qkv_input(site.endswith("_input"))
${repeat ? '' : '    of_kv = site in ("hook_k_input", "hook_v_input")\n'}    if site in ("hook_resid_pre", "hook_mlp_out"):
        places = ${byPosition ? '[{"positions": [at]} for at in range(tokens.shape[1])]' : '[{}]'}
    else:
        n_heads = ${repeat ? '' : '(model.cfg.n_key_value_heads or model.cfg.n_heads) if of_kv else '}model.cfg.n_heads
        places = [{"heads": [at]} for at in range(n_heads)]
    rows = []
    for layer in range(model.cfg.n_layers):
        name = f"blocks.{layer}.{site}"
        change = ${changeText(
          operation,
          'name',
          'all',
          sites.every((site) => site === 'attn.hook_pattern'),
        )}
        with torch.no_grad():
            rows.append([metric(model.run_with_hooks(tokens, fwd_hooks=[(name, edit(change, **at))])) for at in places])
    print(site, torch.tensor(rows), sep="\\n")
    if site in expected:
        torch.testing.assert_close(torch.tensor(rows), torch.tensor(expected[site]), ${metricTolerance(metric)})
`;
}

/** {site: [[value of each place] of each layer]}; cells come site by site, layer by layer, in the order of the map. */
function expectedText({ sites }: Sweep, cells: readonly SweepCell[]): string {
  const grids = sites.map((site) => {
    const ofSite = cells.filter((cell) => cell.site === site);
    const layers = [...new Set(ofSite.map(({ layer }) => layer))].sort((one, other) => one - other);
    const rows = layers.map((layer) => {
      const values = ofSite.filter((cell) => cell.layer === layer).sort((one, other) => placeOf(one) - placeOf(other));
      return `        [${values.map(({ value }) => number(value)).join(', ')}],`;
    });
    return [`    ${quote(site)}: [`, ...rows, '    ],'].join('\n');
  });
  return ['{', ...grids, '}'].join('\n');
}

function placeOf({ head, position }: SweepCell): number {
  return head ?? position ?? 0;
}
