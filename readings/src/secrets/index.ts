export { digestOf, isToken, plainCode, randomToken, readableCode } from './codes.ts';
export { isCommon } from './common-passwords.ts';
export { deviceDigest, newDeviceSalt, newDeviceSecret } from './device-secret.ts';
export { countGuess, type Guesses, networkOf, waitAfter, waitLeft } from './guesses.ts';
export { type Cost, PasswordHashes, passwordFaults, usualCost } from './passwords.ts';
export { Turns } from './turns.ts';
