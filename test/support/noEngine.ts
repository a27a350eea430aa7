/** A Docker engine that the machine may have is none of the tests': they start their own (dockerEngine.ts). */
export const NO_ENGINE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
