/* engine.h - the run: inputs in, report model out. */
#ifndef LW_ENGINE_H
#define LW_ENGINE_H

#endif
