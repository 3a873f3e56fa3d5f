// The rows of a step that belong to chunks of prompts, cut into tiles of one sequence each.
#pragma once
#include "common.cuh"

struct PrefillRows {
    const int* tileSequences;  // [tiles]
    const int* tileRows;       // [tiles] first row of the tile
    const int* queryStarts;    // [sequences + 1]
    const int* contexts;       // [sequences]
    const int* blockStarts;    // [sequences]
    const int* blockIds;
    int queryHeads;
    int kvHeads;
    int layers;
    int layer;
    int window;                // 0: none
    float scale;               // of scores, in base 2
    int fragments;             // see place()
};
