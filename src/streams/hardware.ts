import {
  AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX,
  AV_HWDEVICE_TYPE_NONE,
  type AVPixelFormat,
  type FFHWDeviceType,
} from 'node-av/constants';
import { type Codec, HardwareDeviceContext } from 'node-av/lib';
import { NightglassError } from '../domain/errors.ts';
import './ffmpeg/ffmpeg-log.ts';

type DeviceName = 'vaapi' | 'cuda' | 'qsv' | 'videotoolbox' | 'd3d11va';
export type HardwareChoice = false | 'auto' | DeviceName;
export type HardwareDevice = HardwareDeviceContext;

const automatic: readonly DeviceName[] = ['cuda', 'vaapi', 'videotoolbox', 'd3d11va', 'qsv'];

/**
 * Opens the device that decodes. `auto` gives `null`, decoding in software,
 * where the machine has none.
 * @throws NightglassError `ENVIRONMENT` when a named device is not there
 */
export function openHardware(choice: HardwareChoice): HardwareDevice | null {
  if (choice === false) return null;
  const names: readonly DeviceName[] = choice === 'auto' ? automatic : [choice];
  for (const name of names) {
    const type = HardwareDeviceContext.findTypeByName(name as FFHWDeviceType);
    if (type === AV_HWDEVICE_TYPE_NONE) continue;
    const device = new HardwareDeviceContext();
    if (device.create(type) >= 0) return device;
    device.free();
  }
  if (choice === 'auto') return null;
  throw new NightglassError('ENVIRONMENT', `Cannot decode on ${choice}: the device is not there`, {
    hint: 'Install its driver, or set the hardware of this camera to auto or false.',
  });
}

/** Name of the device's kind, as in the configuration. */
export function hardwareName(device: HardwareDevice): string {
  return HardwareDeviceContext.getTypeName(device.type) ?? 'hardware';
}

/** The pixel format in which `codec` decodes on `device`, or `null` when it cannot. */
export function hardwareFormat(codec: Codec, device: HardwareDevice): AVPixelFormat | null {
  for (let index = 0; ; index += 1) {
    const config = codec.getHwConfig(index);
    if (config === null) return null;
    const usable = (config.methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) !== 0;
    if (usable && config.deviceType === device.type) return config.pixFmt;
  }
}
