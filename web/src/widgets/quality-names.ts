/** Names of components by which texts are kept, those of `src/domain/quality/quality.ts`. */
export type ComponentKey =
  | 'sharpness'
  | 'entropy'
  | 'interEyeDistance'
  | 'yaw'
  | 'pitch'
  | 'roll'
  | 'underExposure'
  | 'overExposure'
  | 'dynamicRange'
  | 'compression'
  | 'coverage'
  | 'recognisability'
  | 'eyesVisible'
  | 'lowerFaceVisible'
  | 'noMask'
  | 'noDarkGlasses'
  | 'noHeadwear'
  | 'singleFace'
  | 'unified';

/** The measure that a name of ISO/IEC 29794-5 stands for; our own names are understood too. */
const keys: Readonly<Record<string, ComponentKey>> = {
  sharpness: 'sharpness',
  entropy: 'entropy',
  localentropy: 'entropy',
  intereyedistance: 'interEyeDistance',
  yaw: 'yaw',
  headposeyaw: 'yaw',
  pitch: 'pitch',
  headposepitch: 'pitch',
  roll: 'roll',
  headposeroll: 'roll',
  underexposure: 'underExposure',
  underexposureprevention: 'underExposure',
  overexposure: 'overExposure',
  overexposureprevention: 'overExposure',
  dynamicrange: 'dynamicRange',
  compression: 'compression',
  compressionartifacts: 'compression',
  coverage: 'coverage',
  facewithinimage: 'coverage',
  recognisability: 'recognisability',
  eyesvisible: 'eyesVisible',
  mouthocclusionprevention: 'lowerFaceVisible',
  nomask: 'noMask',
  nodarkglasses: 'noDarkGlasses',
  noheadcoverings: 'noHeadwear',
  singlefacepresent: 'singleFace',
  unifiedqualityscore: 'unified',
};

/** The key of a component's texts; undefined for a name that is not known here. */
export function componentKey(name: string): ComponentKey | undefined {
  return keys[name.toLowerCase().replace(/[^a-z]/g, '')];
}
