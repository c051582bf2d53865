// One GPUDevice for the tests of a Vitest worker, by Dawn (the `webgpu` package), with all that the adapter offers. It is the
// real thing, never a mock; where there is no adapter the test that asks fails and says what to install.
import { afterAll } from 'vitest';
import { create, globals } from 'webgpu';
import { prepareSoftwareVulkan } from '../../scripts/softwareVulkan.mjs';

const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

const uncaptured: string[] = [];
let opened: Promise<GPUDevice> | undefined;
// Dawn crashes at process exit if its instance is collected before its device: kept for as long as the process lives.
const alive: unknown[] = [];

/**
 * Gives the one device of this worker, opened at the first call and destroyed after the last test of the file.
 * Limits are the adapter's own; features are timestamp-query, subgroups and shader-f16 where offered.
 * An error that no error scope catches fails the file.
 * @throws where this machine has no WebGPU adapter
 */
export function testDevice(): Promise<GPUDevice> {
  opened ??= openDevice();
  return opened;
}

async function openDevice(): Promise<GPUDevice> {
  const driver = prepareSoftwareVulkan();
  Object.assign(globalThis, globals);
  const gpu = create([]);
  alive.push(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new Error(
      `This test needs a WebGPU adapter and Dawn found none (driver: ${driver}). ` +
        'Install Chromium, which brings SwiftShader (Debian: apt-get install chromium; or npx playwright install chromium), ' +
        'or, beside a GPU without a Vulkan driver, set SPLITSCOPE_ADAPTER=software.',
    );
  }
  alive.push(adapter);
  const device = await adapter.requestDevice({
    label: 'test',
    requiredLimits: allLimits(adapter.limits),
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
  });
  alive.push(device);
  device.addEventListener('uncapturederror', (event) => uncaptured.push(event.error.message));
  return device;
}

/** Every limit as high as the adapter offers it; they are getters of the prototype, so a spread would miss them. */
function allLimits(limits: GPUSupportedLimits): Record<string, number> {
  const entries = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(limits)));
  const names = entries.filter(([, descriptor]) => descriptor.get !== undefined).map(([name]) => name);
  return Object.fromEntries(names.map((name) => [name, Reflect.get(limits, name)]));
}

afterAll(async () => {
  if (opened === undefined) return;
  const device = await opened.catch(() => undefined); // the test itself has told why
  if (device === undefined) return;
  await device.queue.onSubmittedWorkDone();
  device.destroy();
  await device.lost;
  if (uncaptured.length > 0) throw new Error(`Uncaptured GPU errors: ${uncaptured.join(' | ')}`);
});
