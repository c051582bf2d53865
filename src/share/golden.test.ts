// Golden links: sent once, opened for ever. A failure here breaks links in papers and messages; it is never mended by a new golden.
import { expect, test } from 'vitest';
import { decodeLink } from './decode.ts';
import { GOLDEN_EXPERIMENTS } from './golden.node.ts';

const VERSION_1_LINKS = [
  '#w1.q64FAA',
  '#w1.lVI9ixwxDP0rQVUCYvH32O4CKRLSp1mukL92zXl3hvGQy7HMfw-ewBWXIkSFi_csPelJD1jW-bZs4B-wzc_5_i118GeGQlqJ0nAUVqPmBhUTKCxHoSUqoyfk8sAFUxMKNaFWVo0fTztCGPXmNeUVPPSl1e37R_UJdoSfNb8MstHrIAXCNVMCLxF6TRk8UOhfctsIEGJuDfyZKzyqlnq_5HVZ6_3o9zan3L5Sv4IHV6xJzHJrVZyS0Y5EyUQsak2JcU0yFFV4EIEFK0RMXCcTuQ6sMEbMAv4Zv4MHEYUJygRjS4njcS4oLSNPkikuFSDQMcJ8qdtIYFxIpc1kHYWYcgGE0Ob4PJwE_jcp3kNPQ30Bf35ATeCNdBLHYgKF2ur2Cp6dnLP7m7Vv0iWnGMjZyWglBWf_kpbvEv5L-ka_Poc-EDaCOzZJZY0UlguNQImW7dj4ZZ4vLX_oL7Vs_UrjDBBoWX7ktdf5Piw78RODff8N',
  '#w1.bVJbihQxFN3KcD5EIdNWdfUziqAg6BqGZkhVblmhU0kmSfU8mtqAG_Bn0C8FRfDPDfReBj9dgqS6mxkG85XHveeVu0VrJWnwLYLtfEXgaLoSDJ6cBcdbTV1syL9-_9xdx0aJ03nWDs8bFZQ14BDFsi5mZZ5lNS3EtJjPF3kmp7OqqCfzxbJcVtNCVJMxegbnbetioot0FcGxuzW7X9Xut9x9P7n79PXu9uefH59P_n759vHkZfnqiWjdC6Q2cmTkGxvAo--oZ4NucASnVQSDSJhkPiiTbuvZBAzrDXjyQSJVWC_Jg6OyrSMTRCSZ-ryKTUtRVeBw1kdRakpKywR4MUDUXRhqjwilttWa5NNi_AwMpRIhpVBH8nup1TGZss5nYAi2jq24Aoc1OgnsGaLV5IVJgW8hotXgGYPfb0ZZWnnRMygTyW_IRGVNAD_borF2fRQRRtkonc8vzpVxXbLZkJCpMGfjFYOzQR1aIbROJhx5EQd9W6yVkeC4IW-TKDLJvTxm_JirGIkYzZ7w5p7qAPyA6ixjk9X_qYRMSdaiitaDn2aj6f1QoNIkzBDYYRQPxONHxPv3dyQkeP5Qdy10oH7FsFF0mVgPBjpDbUlyj2CHnLS4Tp85ZQiNvUyTVFlPIaGrYbIk6SjQ9_8A',
  '#w1.bVHBahsxFPwV8c4i2E5Cio6ll7YEcij0UExQVmOvWOlJkd4mscP-e9G6WZu2tydpZt7M6J26VMqYBY7MOwnehAz97MHq3paDsuzUt9SzegWLkqSkh6qSCvQJsLcvUFa54nlQkkhTLshg9zlVMhSTQyBNkgbwV1fJ8BjCpKm-ArmtrF5QyfwiK8JXfUrD45E0zUNB9e4xF9BWU8ooVnzixho8OzK0K8AR89IUc7N-jjNpejo8pOpPHCkjNEVI8d2FQkh7L1_8bocC7vBhtTm63Vzr2816O2nKi8z6ph2t9HU2D3YoDbwI9rCONAV7QCGz0qcLs570AokhnxGbiwfEp2Z8q6mgg3_5S_r5zLr-0L27oO882zDTY8h1ricdwfSf2EOgf2N1icXzuJRcbczB8_6CVwGHlq8NZO40CeL8MWMBmdXVp1Zg_k7mZjVPD8uPR_v240-16800_QY',
];

test.each([...VERSION_1_LINKS.entries()])('golden link %i of version 1 opens as it was sent', async (at, link) => {
  expect(await decodeLink(link)).toEqual({ experiment: GOLDEN_EXPERIMENTS[at], problems: [] });
});

test('every golden experiment has its link', () => {
  expect(VERSION_1_LINKS).toHaveLength(GOLDEN_EXPERIMENTS.length);
});
