import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Why a sign-in with the company came to nothing; the words are ours, whatever stands in the address. */
export function useCompanyProblem(): string | null {
  const { t, i18n } = useTranslation('access');
  const { problem } = useSearch({ strict: false });
  const key = `access:problem.${problem}`;
  if (problem === undefined || !/^CLOUD_[A-Z_]+$/.test(problem) || !i18n.exists(key)) return null;
  return t(key as never);
}
