import type { ArmingSubject } from '../../../domain/arming.ts';
import type { ReceiverShow } from '../../../domain/outbox/receiver.ts';

/** A message that a broker keeps for who comes later. */
export interface Kept {
  readonly topic: string;
  readonly payload: string;
}

export interface DiscoveryOptions {
  /** Of Home Assistant, `homeassistant` unless it was changed there. */
  readonly prefix: string;
  /** Of our own topics. */
  readonly base: string;
  readonly show: ReceiverShow;
  readonly version: string;
}

/** Our topics of a camera. */
export function cameraTopics(base: string, cameraId: string) {
  const topic = `${base}/cameras/${cameraId}`;
  return {
    state: `${topic}/state`,
    lastAlert: `${topic}/last_alert`,
    image: `${topic}/last_alert/image`,
  };
}

/** Our topics of whether something is armed: how it stands, and orders. */
export function armingTopics(base: string, { kind, id }: ArmingSubject) {
  const state = `${base}/${kind === 'camera' ? 'cameras' : 'watchlists'}/${id}/armed`;
  return { state, command: `${state}/set` };
}

/** A switch that arms and disarms: of a camera on its device, of a watchlist on one of its own. */
export function armingDiscoveryOf(subject: ArmingSubject, options: DiscoveryOptions): Kept {
  const { base, prefix, version } = options;
  const isCamera = subject.kind === 'camera';
  const node = isCamera ? `nightglass_${subject.id}` : `nightglass_list_${subject.id}`;
  const topics = armingTopics(base, subject);
  const device = isCamera
    ? { name: `Nightglass ${subject.id}`, model: 'Camera' }
    : { name: `Nightglass watchlist ${subject.id}`, model: 'Watchlist' };
  const payload = {
    ...{ name: 'Armed', unique_id: `${node}_armed`, icon: 'mdi:shield-account' },
    ...{ state_topic: topics.state, command_topic: topics.command, qos: 1, retain: false },
    ...{ payload_on: 'ON', payload_off: 'OFF', availability_topic: `${base}/status` },
    origin: { name: 'Nightglass', sw_version: version },
    device: { identifiers: [node], manufacturer: 'Nightglass', sw_version: version, ...device },
  };
  return { topic: `${prefix}/switch/${node}/armed/config`, payload: JSON.stringify(payload) };
}

/**
 * What Home Assistant makes entities of: the state of a camera, whether it has a fault, its last
 * alert, and the picture of that where the receiver's rule shows pictures.
 */
export function discoveryOf(cameraId: string, options: DiscoveryOptions): Kept[] {
  const { base, prefix, show, version } = options;
  const topics = cameraTopics(base, cameraId);
  const node = `nightglass_${cameraId}`;
  const shared = {
    availability_topic: `${base}/status`,
    origin: { name: 'Nightglass', sw_version: version },
    device: {
      identifiers: [node],
      name: `Nightglass ${cameraId}`,
      manufacturer: 'Nightglass',
      model: 'Camera',
      sw_version: version,
    },
  };
  const entity = (component: string, name: string, key: string, more: object): Kept => ({
    topic: `${prefix}/${component}/${node}/${key}/config`,
    payload: JSON.stringify({ name, unique_id: `${node}_${key}`, ...more, ...shared }),
  });
  return [
    entity('sensor', 'State', 'state', {
      ...{ state_topic: topics.state, value_template: '{{ value_json.state }}', icon: 'mdi:cctv' },
    }),
    entity('binary_sensor', 'Fault', 'fault', {
      ...{ state_topic: topics.state, value_template: '{{ value_json.fault }}' },
      ...{ device_class: 'problem', payload_on: 'on', payload_off: 'off' },
    }),
    entity('sensor', 'Last alert', 'last_alert', {
      ...{ state_topic: topics.lastAlert, value_template: '{{ value_json.at }}' },
      ...{ device_class: 'timestamp', json_attributes_topic: topics.lastAlert },
    }),
    ...(show.pictures.length === 0
      ? []
      : [
          entity('image', 'Last alert', 'last_alert_image', {
            ...{ image_topic: topics.image, content_type: 'image/jpeg' },
          }),
        ]),
  ];
}

/** What takes the entities of a camera away that is gone. */
export function withdrawalOf(cameraId: string, options: DiscoveryOptions): Kept[] {
  const all = { ...options, show: { ...options.show, pictures: ['face'] as const } };
  const { state, lastAlert, image } = cameraTopics(options.base, cameraId);
  return [...discoveryOf(cameraId, all).map(({ topic }) => topic), state, lastAlert, image].map(
    (topic) => ({ topic, payload: '' }),
  );
}
