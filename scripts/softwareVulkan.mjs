// Gives Dawn in Node a Vulkan driver where the machine has no GPU: SwiftShader, the one that lies beside a Chromium, so that
// Node and the browser compute on the same adapter. To be called before the first `create()` of the `webgpu` package.
// A machine with a GPU, macOS and Windows are left alone; SPLITSCOPE_ADAPTER=software or hardware overrules that.
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { wantsSoftwareAdapter } from './adapter.mjs';
import { findSwiftShaderIcd } from './chromium.mjs';

const LOADER = 'libvulkan.so.1';
const RTLD_NODELETE = 0x1000; // glibc and musl: stay loaded after dlclose

/**
 * Loads the Vulkan loader into this process and keeps it there, so that Dawn's own dlopen by bare name finds it by its SONAME.
 * Node then complains that the library is no Node addon; it is loaded all the same. This spares LD_LIBRARY_PATH, which
 * would have to be set before the process starts.
 * @param {string} path of the library, or its bare name
 * @returns {boolean} whether the library is loaded
 */
function holdLibrary(path) {
  try {
    process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return true;
  } catch (error) {
    return error instanceof Error && error.message.includes('did not self-register');
  }
}

/**
 * Points this process, and those it starts, at a software Vulkan driver where that is wanted.
 * @returns {string} what was chosen, in words, for messages
 * @throws on an unknown SPLITSCOPE_ADAPTER
 */
export function prepareSoftwareVulkan() {
  if (!wantsSoftwareAdapter()) return "the system's own GPU driver";
  const set = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  const icd = set ?? findSwiftShaderIcd();
  if (icd === null) return 'no software Vulkan driver: no Chromium on this machine (`npm test` installs one)';
  process.env.VK_DRIVER_FILES = icd;
  process.env.XDG_RUNTIME_DIR ??= tmpdir(); // else the driver complains on stderr that there is no display server
  if (process.platform === 'linux' && !holdLibrary(LOADER) && !holdLibrary(join(dirname(icd), LOADER))) {
    return `${icd}, but no ${LOADER}, neither installed nor beside it (Debian: apt-get install libvulkan1)`;
  }
  return icd;
}
