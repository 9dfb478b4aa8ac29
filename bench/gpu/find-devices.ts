import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** A chip, or a program that stands in for one. */
export interface Device {
  readonly name: string;
  /** Software that draws on the CPU: shows that the way works, not how fast a GPU is. */
  readonly software: boolean;
  readonly provider: 'webgpu' | 'cuda';
  /** Environment that chooses its driver. */
  readonly env: Readonly<Record<string, string>>;
}

const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const softwareDrivers: readonly [file: string, name: string][] = [
  ['/usr/lib/chromium/vk_swiftshader_icd.json', 'SwiftShader (software)'],
  ['/usr/share/vulkan/icd.d/lvp_icd.x86_64.json', 'llvmpipe (software)'],
];

/** GPUs of this machine that a provider might use; a software Vulkan driver where there is none. */
export function findDevices(env: NodeJS.ProcessEnv = process.env): Device[] {
  const devices: Device[] = [];
  const nvidia = nvidiaName();
  const chosen = env['VK_ICD_FILENAMES'] ?? env['VK_DRIVER_FILES'];
  if (nvidia !== null) devices.push({ name: nvidia, software: false, provider: 'cuda', env: {} });
  if (chosen !== undefined) {
    const software = /swiftshader|lvp/.test(chosen);
    devices.push({ name: `the Vulkan driver ${chosen}`, software, provider: 'webgpu', env: {} });
  } else if (existsSync('/dev/dri') || nvidia !== null) {
    const drivers = driverFolders.flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder) : [],
    );
    const name = nvidia ?? `a GPU by Vulkan (${drivers.join(', ')})`;
    devices.push({ name, software: false, provider: 'webgpu', env: {} });
  } else {
    const driver = softwareDrivers.find(([file]) => existsSync(file));
    if (driver !== undefined) {
      const [file, name] = driver;
      devices.push({ name, software: true, provider: 'webgpu', env: { VK_ICD_FILENAMES: file } });
    }
  }
  return devices;
}

function nvidiaName(): string | null {
  try {
    const said = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return said.split('\n')[0]?.trim() || null;
  } catch {
    return null;
  }
}
