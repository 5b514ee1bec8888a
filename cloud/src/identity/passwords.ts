import { type Cost, PasswordHashes, passwordFaults, usualCost } from '@caretaker/readings/secrets';
import { refuse } from './deed.ts';

export { usualCost };

/** The hashes of people's passwords. They throw `CLOUD_SIGN_IN_BUSY` when too many are asked for at once. */
export class Passwords extends PasswordHashes {
  constructor(cost: Cost = usualCost) {
    super(busy, cost);
  }
}

function busy(): never {
  return refuse(
    'CLOUD_SIGN_IN_BUSY',
    'Too many people sign in at this moment.',
    'Try again in a few seconds.',
  );
}

/**
 * Refuses a password that is too short, too long, too common, or says the login.
 * @throws CaretakerError `CLOUD_PASSWORD_UNFIT` with every reason
 */
export function checkPassword(password: string, login: string): void {
  const reasons = passwordFaults(password, login);
  if (reasons.length === 0) return;
  refuse(
    'CLOUD_PASSWORD_UNFIT',
    `The password cannot be used: ${reasons.join('; ')}.`,
    'Take four or more words at random, or let a password manager make one.',
  );
}
