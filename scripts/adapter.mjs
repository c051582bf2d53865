// Decides between the machine's GPU and the software adapter, alike for Node and for the browser.
import { existsSync, readdirSync } from 'node:fs';

/** Tells whether the kernel offers a GPU: a DRM render node, NVIDIA's device, or WSL's. */
function hasGpu() {
  const renderNode = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  return renderNode || existsSync('/dev/nvidia0') || existsSync('/dev/dxg');
}

/**
 * Tells whether to compute on SwiftShader: where SPLITSCOPE_ADAPTER says `software`, or on a Linux without a GPU.
 * @returns {boolean}
 * @throws on another SPLITSCOPE_ADAPTER than software or hardware
 */
export function wantsSoftwareAdapter() {
  const wish = process.env.SPLITSCOPE_ADAPTER;
  if (wish === 'software') return true;
  if (wish === 'hardware') return false;
  if (wish !== undefined && wish !== '') {
    throw new Error(`SPLITSCOPE_ADAPTER is "${wish}", expected "software" or "hardware". Correct or unset it.`);
  }
  return process.platform === 'linux' && !hasGpu();
}
